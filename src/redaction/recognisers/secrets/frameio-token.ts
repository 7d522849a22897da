import { vendorToken } from './vendor-token.ts';

export const frameioToken = vendorToken({
  id: 'frameio_token',
  called: 'a Frame.io token',
  prefixes: ['fio-u-'],
  pattern: 'fio-u-[A-Za-z0-9_=-]{64}(?![A-Za-z0-9])',
  found: ['Why does ‹fio-u-hgnc·OiiPy0Bqzw4lpY0ahB489JJnI96OxHGzTpSEsSHo6aWhSJMdLwHEG3kQwiaS› not work?'],
  ignored: ['fio-u-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see fio-u- in the docs'],
});
