export { Owners } from './owners.ts';
export { keptResponseId, responseResource } from './response.ts';
export { responseSink } from './store.ts';
