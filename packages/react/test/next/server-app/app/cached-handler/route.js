import { countLists } from '../lists';

export const revalidate = 86400;

export async function GET() {
  return Response.json({ lists: await countLists() });
}
