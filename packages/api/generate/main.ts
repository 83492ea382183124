// npm run api: writes what follows from act-on-api.json.
import { writeFileSync } from 'node:fs';
import { generated } from './generated.ts';

for (const { file, text } of await generated()) writeFileSync(file, text);
