export { freePort } from '../../src/storage/free-port.ts';
