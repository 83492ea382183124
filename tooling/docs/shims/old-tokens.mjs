// The past of whoever migrates: signs in as a program of their own did, and leaves its tokens.json
// behind.
import { writeFileSync } from 'node:fs';

const {
  ACT_ON_BASE_URL,
  ACT_ON_CLIENT_ID: client_id,
  ACT_ON_CLIENT_SECRET: client_secret,
  ACT_ON_USERNAME: username,
  ACT_ON_PASSWORD: password,
} = process.env;
const body = new URLSearchParams({
  grant_type: 'password',
  client_id,
  client_secret,
  username,
  password,
});
const response = await fetch(`${ACT_ON_BASE_URL}/token`, { method: 'POST', body });
writeFileSync('tokens.json', await response.text());
