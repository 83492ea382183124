/** One request that reached Act-On, as the demo shows it. */
export interface LogEntry {
  readonly number: number;
  /** `POST /token` */
  readonly request: string;
  /** Which token it carried, by a label: `refresh_token 2`. */
  readonly token: string | null;
  /** What became of it. */
  readonly outcome: string;
}
