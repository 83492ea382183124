import { openAsBlob } from 'node:fs';
import { type ActOnApi, createActOnApi } from '@act-on-token/api';
import type { Session } from '@act-on-token/core';

declare const session: Session;

const api: ActOnApi = createActOnApi(session);
const { data } = await api.POST('/ucl/v2/{accountId}/import/contacts/{importDefinitionId}', {
  params: { path: { accountId: 7, importDefinitionId: '3' } },
  body: { file: await openAsBlob('contacts.csv') },
});
export const importId: string | undefined = data.data?.importId;

// @ts-expect-error the file of a multipart body
api.POST('/ucl/v2/{accountId}/import/contacts/{importDefinitionId}', {
  params: { path: { accountId: 7, importDefinitionId: '3' } },
});
