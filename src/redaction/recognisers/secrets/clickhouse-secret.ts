import { vendorToken } from './vendor-token.ts';

export const clickhouseSecret = vendorToken({
  id: 'clickhouse_secret',
  called: 'a ClickHouse Cloud API secret',
  prefixes: ['4b1d'],
  pattern: '4b1d[A-Za-z0-9]{38}(?![A-Za-z0-9])',
  minEntropy: 3.5,
  found: ['{"token": "‹4b1d5Tkt·Gh1zHOHDstXHYycy0cYD0kwMuigdP1Yt8a›"}'],
  ignored: ['4b1dxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'see 4b1d in the docs'],
});
