export {
  type DynamoDbClient,
  type DynamoDbStoreOptions,
  dynamoDbStore,
} from './dynamo-db-store.ts';
