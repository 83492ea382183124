import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { AddressInfo, Server } from 'node:net';
import { dynamoDbStore } from '@act-on-token/dynamodb';
import { DynamoDB, type GetItemInput, type PutItemInput } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { passesTheKit } from '../../../proof/support/store-kit.ts';

// It brings no types.
const dynalite: (options: object) => Server = createRequire(import.meta.url)('dynalite');
const server = dynalite({ createTableMs: 0 });
let client: DynamoDB;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  client = new DynamoDB({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
  });
  await makeTable('act-on-token', 'key');
  await makeTable('other', 'id');
});
afterAll(() => {
  client?.destroy();
  server.close();
});

const makeTable = (TableName: string, AttributeName: string) =>
  client.createTable({
    TableName,
    KeySchema: [{ AttributeName, KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName, AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  });

describe('against dynalite', () => {
  passesTheKit('dynamoDbStore with the AWS SDK', () => dynamoDbStore({ client, interval: 20 }));
});

describe('dynamoDbStore', () => {
  it('keeps records in the table, under the key, that it is given', async () => {
    const store = dynamoDbStore({ client, table: 'other', partitionKey: 'id' });
    await store.swap('ada', null, { version: 'first', value: 'v' });
    expect((await store.read('ada')).record).toEqual({ version: 'first', value: 'v' });
    expect((await client.scan({ TableName: 'other' })).Items).toMatchObject([
      { id: { S: expect.stringMatching(/^[0-9a-f]{64}$/) }, version: { S: 'first' } },
    ]);
  });

  it('says what to do where there is no such table', async () => {
    const store = dynamoDbStore({ client, table: 'missing' });
    await expect(store.read('ada')).rejects.toThrow(
      'DynamoDB did not answer the store (ResourceNotFoundException). There is no such table in this region. Make one with a partition key of the type S.',
    );
  });

  it('tries again what was throttled', async () => {
    let calls = 0;
    const getItem = async (input: GetItemInput) => {
      calls += 1;
      if (calls < 3)
        throw Object.assign(new Error(), { name: 'ProvisionedThroughputExceededException' });
      return client.getItem(input);
    };
    const store = dynamoDbStore({ client: { getItem, putItem: client.putItem } });
    expect((await store.read('nobody')).record).toBeNull();
    expect(calls).toBe(3);
  });

  it.each([
    ['with the item that was in the way', true],
    ['without it', false],
  ])('knows what was in the way of a swap from a client that answers %s', async (_, isGiven) => {
    const Item = isGiven ? { version: { S: 'other' }, value: { S: 'v' } } : undefined;
    const putItem = (input: PutItemInput) =>
      client.putItem(input).catch((error: Error) => {
        throw Object.assign(error, { Item });
      });
    const getItem = (input: GetItemInput) => client.getItem(input);
    const store = dynamoDbStore({ client: { getItem, putItem } });
    const key = crypto.randomUUID();
    await store.swap(key, null, { version: 'first', value: 'v' });
    expect(await store.swap(key, null, { version: 'second', value: 'v' })).toMatchObject({
      ok: false,
      record: { version: isGiven ? 'other' : 'first' },
    });
  });
});
