export { type LogFunction, type Logger, logEvents } from './log-events.ts';
export { measure } from './metrics.ts';
export { traceSessions } from './spans.ts';
