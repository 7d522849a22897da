import type { Said } from './diagnosis.ts';
import type { Rejection } from './plan.ts';

/**
 * Words of OpenAI and its like (context_length_exceeded, "maximum context length"), Anthropic ("prompt is too long"),
 * Gemini ("input token count … exceeds"), Bedrock ("Input is too long"), vLLM and Mistral ("too large for model").
 */
const CONTEXT_LENGTH =
  /context_length|context (?:length|window)|prompt is too long|input (?:is )?too long|input token count|too many (?:input )?tokens|too large for model/i;

/** OpenAI (content_policy_violation), Azure (content_filter, ResponsibleAIPolicyViolation), Gemini, Bedrock, xAI. */
const CONTENT_POLICY =
  /content_policy|content[ _](?:filter|management|moderation)|ResponsibleAIPolicyViolation|safety (?:system|check|filter)|PROHIBITED_CONTENT|usage (?:guidelines|policies)/i;

/** Why a provider rejects the request, where another provider may see it differently; else undefined. */
export function rejectionOf(status: number, said: Said): Rejection | undefined {
  const words = `${said.type ?? ''} ${said.code ?? ''} ${said.message ?? ''}`;
  if (CONTENT_POLICY.test(words)) return 'content_policy';
  return status === 413 || CONTEXT_LENGTH.test(words) ? 'context_length' : undefined;
}
