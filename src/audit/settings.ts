import { z } from 'zod';

const MEBIBYTE = 1 << 20;

/** The section `journal` of config.yaml. */
export const journalSettings = z.strictObject({
  dir: z
    .string()
    .min(1)
    .default('./data/journal')
    .describe(
      'Folder for audit and usage records on their way into Postgres; must outlive the process. Default: the folder `journal` in database.data_dir.',
    ),
  durability: z
    .enum(['process', 'disk'])
    .default('process')
    .describe(
      'What a finished answer survives: process = kill -9, disk = power loss (slower: waits for the disk).',
    ),
  segment_bytes: z
    .number()
    .int()
    .min(64 * 1024)
    .max(1024 * MEBIBYTE)
    .default(16 * MEBIBYTE)
    .describe('Size of one journal file; a drained file is deleted.'),
  max_bytes: z
    .number()
    .int()
    .min(MEBIBYTE)
    .default(1024 * MEBIBYTE)
    .describe('Undrained bytes at which the journal of one process is full (about a kilobyte per request).'),
  when_full: z
    .enum(['refuse', 'count'])
    .default('refuse')
    .describe(
      'refuse = answer 503 journal_full to new requests; count = go on, count what is lost and report it.',
    ),
});
