import {
  checkOptions,
  defineStore,
  type OptionRules,
  type PlaceAnswer,
  type TokenStore,
} from '@act-on-token/core';

/** What is used of a client. */
export interface DynamoDbClient {
  // biome-ignore lint/suspicious/noExplicitAny: the client's own types decide.
  getItem(input: any): Promise<unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  putItem(input: any): Promise<unknown>;
}

export interface DynamoDbStoreOptions {
  /**
   * A `DynamoDB` of `@aws-sdk/client-dynamodb`, or two functions that do what its `getItem` and
   * `putItem` do, and reject with errors whose `name` is that of DynamoDB.
   */
  client: DynamoDbClient;
  /** A table with a partition key of the type `S`, and no sort key. Default: `act-on-token`. */
  table?: string | undefined;
  /** The name of the partition key. Default: `key`. */
  partitionKey?: string | undefined;
  /**
   * Milliseconds from one look for changes to the next, while something is watched. Default: 1,000.
   */
  interval?: number | undefined;
}

export const dynamoDbRules: OptionRules<DynamoDbStoreOptions> = {
  client: [
    'getItem putItem',
    null,
    'a client with getItem() and putItem(), such as new DynamoDB() of @aws-sdk/client-dynamodb',
  ],
  table: ['text', 'act-on-token'],
  partitionKey: ['text', 'key'],
  interval: [[1, 86_400_000], undefined],
};

/** What passes by itself. Nothing was written. */
const busy =
  /^(ProvisionedThroughputExceeded|Throttling|ThrottlingError|TransactionConflict|TransactionInProgress)(Exception)?$/;

const remedies: Readonly<Record<string, string>> = {
  ResourceNotFoundException:
    'There is no such table in this region. Make one with a partition key of the type S.',
  AccessDeniedException: 'Allow dynamodb:GetItem and dynamodb:PutItem on the table.',
  ValidationException: 'Check the name and the type of the partition key.',
};

/**
 * Keeps records in a table of DynamoDB. A read is one request, a swap one or two. DynamoDB says no
 * time that a store can use: leases go by the clocks of the machines, whose latest time is kept
 * with the record.
 *
 * ```ts
 * const store = dynamoDbStore({ client: new DynamoDB({ region: 'eu-west-1' }) });
 * ```
 *
 * The client stays the caller's. Calls reject with `store_unavailable`, at the latest after 2.5 s;
 * wrong options throw `configuration`.
 */
export function dynamoDbStore(options: DynamoDbStoreOptions): TokenStore {
  const { client, table, partitionKey, interval } = checkOptions<
    DynamoDbStoreOptions,
    'table' | 'partitionKey'
  >('dynamoDbStore()', dynamoDbRules, options);
  const read = async (key: string): Promise<PlaceAnswer> => {
    const Key = { [partitionKey]: { S: key } };
    const output = await client.getItem({ TableName: table, Key, ConsistentRead: true });
    return answer(Object(output).Item);
  };
  return defineStore({
    name: 'DynamoDB',
    reach: 'network',
    interval,
    read,
    async swap(key, expected, { version, value, at }) {
      const Item = {
        [partitionKey]: { S: key },
        version: { S: version },
        value: { S: value },
        at: { N: String(at) },
      };
      const condition =
        expected === null
          ? {
              ConditionExpression: 'attribute_not_exists(#version)',
              ExpressionAttributeNames: { '#version': 'version' },
            }
          : {
              ConditionExpression: '#version = :expected',
              ExpressionAttributeNames: { '#version': 'version' },
              ExpressionAttributeValues: { ':expected': { S: expected } },
            };
      const input = {
        TableName: table,
        Item,
        ...condition,
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      };
      try {
        await client.putItem(input);
        return { record: { version, value }, at };
      } catch (error) {
        if (Object(error).name !== 'ConditionalCheckFailedException') throw error;
        // Not every client and emulator gives back the item that was in the way.
        const held = Object(error).Item;
        return held === undefined ? read(key) : answer(held);
      }
    },
    isBusy: (error) => busy.test(String(Object(error).name)),
    remedy: (error) => remedies[String(Object(error).name)],
  });
}

function answer(item: unknown): PlaceAnswer {
  if (item === undefined) return { record: null };
  const { version, value, at } = Object(item);
  return { record: { version: version?.S, value: value?.S }, at: Number(at?.N) };
}
