export { Owners, type OwnersOptions } from './owners.ts';
export { keptResponseId, responseResource } from './response.ts';
export { responseSink } from './store.ts';
