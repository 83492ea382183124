import { sendMessage } from '../lists';

export const revalidate = 86400;

export default async function Page() {
  return <p>{(await sendMessage()) ? 'sent' : 'not sent'}</p>;
}
