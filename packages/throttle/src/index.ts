export {
  type CallLimit,
  type CallLimitOptions,
  createCallLimit,
  type Done,
  perSlot,
  type SlotLimiter,
} from './call-limit.ts';
export { throttle } from './throttle.ts';
