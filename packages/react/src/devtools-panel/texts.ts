import { isActOnTokenError, type SessionEvent } from '@act-on-token/core';

const two = (part: number): string => String(part).padStart(2, '0');

/** `14:05:09`, in the time zone of the page. */
export function clockTime(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
}

/** `2 d 3 h`, `59 min 3 s`: the two largest units. */
export function duration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24];
  const minutes = Math.floor(seconds / 60) % 60;
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

/** What an event says beyond its type. */
export function detailsOf(event: SessionEvent): string {
  return Object.entries(event)
    .filter(([name, value]) => name !== 'type' && value !== null && value !== undefined)
    .map(([name, value]) => detail(name, value))
    .join(', ');
}

function detail(name: string, value: unknown): string {
  if (name === 'error') return errorText(value);
  if (name.endsWith('At') && typeof value === 'number')
    return `${name.slice(0, -2)} ${clockTime(value)}`;
  return `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`;
}

/** Of an error, or of one that was written as JSON. */
export function errorText(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (isActOnTokenError(error) || typeof code === 'string') return `${code}: ${message}`;
  return String(message ?? error);
}
