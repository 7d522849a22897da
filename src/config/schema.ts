/** The one schema of config.yaml: a section per house, each of them strict. */
import { z } from 'zod';
import { adminSettings } from '../admin/settings.ts';
import { journalSettings } from '../audit/settings.ts';
import { budgetSettings } from '../budgets/settings.ts';
import { cacheSettings } from '../cache/settings.ts';
import { serverSettings } from '../gateway/settings.ts';
import { identitySettings } from '../identity/settings.ts';
import { limitSettings } from '../limits/settings.ts';
import { priceSettings } from '../metering/settings.ts';
import { policiesSettings } from '../policies/settings.ts';
import { promptsSettings } from '../prompts/settings.ts';
import { providerKeysSettings, providersSettings, retriesSettings } from '../providers/settings.ts';
import { redactionSettings } from '../redaction/settings.ts';
import { danglingTargets, modelsSettings, routingSettings } from '../routing/settings.ts';
import { databaseSettings, redisSettings } from '../storage/settings.ts';
import { telemetrySettings } from '../telemetry/settings.ts';

export const configSchema = z
  .strictObject({
    server: serverSettings.prefault({}).describe('The port, and what may come in through it.'),
    database: databaseSettings.prefault({}).describe('PostgreSQL: the system of record.'),
    redis: redisSettings.prefault({}).describe('Redis, where several nodes share limits and cache.'),
    providers: providersSettings,
    provider_keys: providerKeysSettings.prefault({}),
    models: modelsSettings,
    routing: routingSettings.prefault({}),
    retries: retriesSettings,
    identity: identitySettings.prefault({}),
    admin: adminSettings.prefault({}),
    policies: policiesSettings.prefault({}).describe('Policy files: what is allowed, and what must be done.'),
    prompts: promptsSettings.prefault({}).describe('Prompts that callers name instead of a model.'),
    redaction: redactionSettings.prefault({}),
    limits: limitSettings.prefault({}),
    budgets: budgetSettings.prefault({}),
    prices: priceSettings.prefault({}),
    cache: cacheSettings.prefault({}),
    journal: journalSettings.prefault({}).describe('Where records are safe until they are in PostgreSQL.'),
    telemetry: telemetrySettings.prefault({}).describe('Log, metrics and traces.'),
  })
  .superRefine((config, context) => {
    for (const { path, message } of danglingTargets(config.models, config.providers)) {
      context.addIssue({ code: 'custom', path: [...path], message });
    }
  });

export type Config = z.output<typeof configSchema>;
