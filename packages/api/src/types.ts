import type { components, paths } from './generated/schema.ts';

/** The types of what Act-On takes and answers, by name: `Schemas['ListAsset']`. */
export type Schemas = components['schemas'];

/** What Act-On's documents call an endpoint: `/api/1/list/{listid}`. */
export type ApiPath = keyof paths;
export type ApiMethod = 'get' | 'post' | 'put' | 'delete';

/** The paths that have this method. */
export type PathsOf<Method extends ApiMethod> = {
  [Path in ApiPath]: paths[Path][Method] extends object ? Path : never;
}[ApiPath];

export type Operation<Method extends ApiMethod, Path extends ApiPath> = NonNullable<
  paths[Path][Method]
>;

/** How an answer is handed over, where not as the document says. */
export interface Readings {
  text: string;
  blob: Blob;
  stream: ReadableStream<Uint8Array>;
}

/** What every call takes. */
export interface CallInit {
  signal?: AbortSignal | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
}

/** What the call of an operation takes: its parameters, its body, and the options of every call. */
export type Init<Op> = CallInit & Params<Op> & Body<Op>;

type Params<Op> = Op extends { parameters: infer All }
  ? Partial<Given<All>> extends Given<All>
    ? { params?: Given<All> | undefined }
    : { params: Given<All> }
  : unknown;

/** Path and query; the document has no parameter in a header or a cookie. */
type Given<All> = {
  [Place in keyof All as All[Place] extends undefined ? never : Place]: All[Place];
};

type Body<Op> = Op extends { requestBody: { content: infer Content } }
  ? { body: Content[keyof Content] }
  : Op extends { requestBody?: { content: infer Content } | undefined }
    ? { body?: [Content] extends [never] ? never : Content[keyof Content] }
    : unknown;

/** The init, which may be left out where nothing in it is required. */
export type Rest<Op> = Partial<Init<Op>> extends Init<Op> ? [init?: Init<Op>] : [init: Init<Op>];

/** What an operation answers: its JSON, where it has any. */
export type Data<Op> = Op extends { responses: { 200: { content: infer Content } } }
  ? Content extends { 'application/json': infer Json }
    ? Json
    : Content[keyof Content]
  : unknown;
