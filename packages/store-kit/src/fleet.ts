export type { FleetOptions, FleetPlace, FleetResult } from './fleet/run-fleet.ts';
export { runFleet } from './fleet/run-fleet.ts';
