import { customType, timestamp } from 'drizzle-orm/pg-core';

/** Pico-dollars: numeric(38,0) in Postgres, bigint here. An int8 would end at 9.2 million dollars. */
export const picoUsd = customType<{ data: bigint; driverData: string }>({
  dataType: () => 'numeric(38, 0)',
  fromDriver: (value) => BigInt(value),
  toDriver: (value) => value.toString(),
});

export const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' });

/** An instant; UTC in the database, Date here. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
