import { defineConfig } from 'drizzle-kit';

/** `npm run migrations` writes the next numbered SQL from the houses' tables; it is then finished by hand. */
const config = defineConfig({
  dialect: 'postgresql',
  schema: './src/*/schema.ts',
  out: './migrations',
});

export default config;
