import { adobeClientSecret } from './adobe-client-secret.ts';
import { ageSecretKey } from './age-secret-key.ts';
import { airtableToken } from './airtable-token.ts';
import { alibabaKey } from './alibaba-key.ts';
import { amazonOauthSecret } from './amazon-oauth-secret.ts';
import { anthropicKey } from './anthropic-key.ts';
import { artifactoryKey } from './artifactory-key.ts';
import { artifactoryReferenceToken } from './artifactory-reference-token.ts';
import { assignedCredential } from './assigned-credential.ts';
import { atlassianToken } from './atlassian-token.ts';
import { authorizationHeader } from './authorization-header.ts';
import { authressKey } from './authress-key.ts';
import { awsAccessKey } from './aws-access-key.ts';
import { awsMwsKey } from './aws-mws-key.ts';
import { awsSecretKey } from './aws-secret-key.ts';
import { azureClientSecret } from './azure-client-secret.ts';
import { bedrockKey } from './bedrock-key.ts';
import { buildkiteToken } from './buildkite-token.ts';
import { cerebrasKey } from './cerebras-key.ts';
import { circleciToken } from './circleci-token.ts';
import { clickhouseSecret } from './clickhouse-secret.ts';
import { clojarsToken } from './clojars-token.ts';
import { cloudflareOriginKey } from './cloudflare-origin-key.ts';
import { contentfulToken } from './contentful-token.ts';
import { cratesToken } from './crates-token.ts';
import { curlUser } from './curl-user.ts';
import { databricksToken } from './databricks-token.ts';
import { definedNetworkingToken } from './defined-networking-token.ts';
import { digitaloceanToken } from './digitalocean-token.ts';
import { discordBotToken } from './discord-bot-token.ts';
import { dockerToken } from './docker-token.ts';
import { dopplerToken } from './doppler-token.ts';
import { duffelToken } from './duffel-token.ts';
import { dynatraceToken } from './dynatrace-token.ts';
import { easypostKey } from './easypost-key.ts';
import { elasticCloudKey } from './elastic-cloud-key.ts';
import { facebookAppToken } from './facebook-app-token.ts';
import { facebookPageToken } from './facebook-page-token.ts';
import { figmaToken } from './figma-token.ts';
import { fireworksKey } from './fireworks-key.ts';
import { flutterwaveKey } from './flutterwave-key.ts';
import { flyioToken } from './flyio-token.ts';
import { frameioToken } from './frameio-token.ts';
import { githubToken } from './github-token.ts';
import { gitlabSessionCookie } from './gitlab-session-cookie.ts';
import { gitlabToken } from './gitlab-token.ts';
import { gocardlessToken } from './gocardless-token.ts';
import { googleApiKey } from './google-api-key.ts';
import { googleOauthSecret } from './google-oauth-secret.ts';
import { googleOauthToken } from './google-oauth-token.ts';
import { grafanaToken } from './grafana-token.ts';
import { groqKey } from './groq-key.ts';
import { harnessKey } from './harness-key.ts';
import { herokuToken } from './heroku-token.ts';
import { hubspotToken } from './hubspot-token.ts';
import { huggingfaceToken } from './huggingface-token.ts';
import { infracostKey } from './infracost-key.ts';
import { intra42Secret } from './intra42-secret.ts';
import { jinaKey } from './jina-key.ts';
import { jwt } from './jwt.ts';
import { jwtBase64 } from './jwt-base64.ts';
import { langfuseKey } from './langfuse-key.ts';
import { langsmithKey } from './langsmith-key.ts';
import { launchdarklyKey } from './launchdarkly-key.ts';
import { linearKey } from './linear-key.ts';
import { lobKey } from './lob-key.ts';
import { mailchimpKey } from './mailchimp-key.ts';
import { mailgunKey } from './mailgun-key.ts';
import { mapboxToken } from './mapbox-token.ts';
import { maxmindKey } from './maxmind-key.ts';
import { mistypedToken } from './mistyped-token.ts';
import { netlifyToken } from './netlify-token.ts';
import { newrelicKey } from './newrelic-key.ts';
import { notionToken } from './notion-token.ts';
import { npmToken } from './npm-token.ts';
import { nugetKey } from './nuget-key.ts';
import { nvidiaKey } from './nvidia-key.ts';
import { octopusKey } from './octopus-key.ts';
import { onepasswordSecretKey } from './onepassword-secret-key.ts';
import { onepasswordServiceToken } from './onepassword-service-token.ts';
import { openaiKey } from './openai-key.ts';
import { openshiftToken } from './openshift-token.ts';
import { password } from './password.ts';
import { perplexityKey } from './perplexity-key.ts';
import { pineconeKey } from './pinecone-key.ts';
import { plaidToken } from './plaid-token.ts';
import { planetscaleToken } from './planetscale-token.ts';
import { posthogKey } from './posthog-key.ts';
import { postmanKey } from './postman-key.ts';
import { prefectKey } from './prefect-key.ts';
import { privateKey } from './private-key.ts';
import { pulumiToken } from './pulumi-token.ts';
import { pypiToken } from './pypi-token.ts';
import { readmeKey } from './readme-key.ts';
import { renderKey } from './render-key.ts';
import { replicateToken } from './replicate-token.ts';
import { resendKey } from './resend-key.ts';
import { rubygemsKey } from './rubygems-key.ts';
import { scalingoToken } from './scalingo-token.ts';
import { seedPhrase } from './seed-phrase.ts';
import { sendgridKey } from './sendgrid-key.ts';
import { sendinblueKey } from './sendinblue-key.ts';
import { sentryToken } from './sentry-token.ts';
import { settlemintToken } from './settlemint-token.ts';
import { shippoToken } from './shippo-token.ts';
import { shopifyToken } from './shopify-token.ts';
import { slackToken } from './slack-token.ts';
import { sluiceKey } from './sluice-key.ts';
import { sonarToken } from './sonar-token.ts';
import { sourcegraphToken } from './sourcegraph-token.ts';
import { squareToken } from './square-token.ts';
import { stripeKey } from './stripe-key.ts';
import { supabaseKey } from './supabase-key.ts';
import { tailscaleKey } from './tailscale-key.ts';
import { telegramBotToken } from './telegram-bot-token.ts';
import { terraformToken } from './terraform-token.ts';
import { togetherKey } from './together-key.ts';
import { twilioKey } from './twilio-key.ts';
import { twitterBearerToken } from './twitter-bearer-token.ts';
import { typeformToken } from './typeform-token.ts';
import { vaultLegacyToken } from './vault-legacy-token.ts';
import { vaultToken } from './vault-token.ts';
import { vendorCredential } from './vendor-credential.ts';
import { vercelToken } from './vercel-token.ts';
import { voyageKey } from './voyage-key.ts';
import { webhookUrl } from './webhook-url.ts';
import { xaiKey } from './xai-key.ts';
import { yandexIamToken } from './yandex-iam-token.ts';
import { yandexKey } from './yandex-key.ts';

/** Secrets, from certain to guessed: where two overlap, the one that stands first names the whole. */
export const SECRETS = [
  privateKey,
  jwt,
  sluiceKey,
  langfuseKey,
  anthropicKey,
  openaiKey,
  awsAccessKey,
  awsSecretKey,
  githubToken,
  gitlabToken,
  slackToken,
  googleApiKey,
  stripeKey,
  twilioKey,
  seedPhrase,
  sendgridKey,
  npmToken,
  pypiToken,
  huggingfaceToken,
  adobeClientSecret,
  ageSecretKey,
  airtableToken,
  alibabaKey,
  amazonOauthSecret,
  artifactoryKey,
  artifactoryReferenceToken,
  atlassianToken,
  authressKey,
  awsMwsKey,
  bedrockKey,
  buildkiteToken,
  cerebrasKey,
  circleciToken,
  clickhouseSecret,
  clojarsToken,
  cloudflareOriginKey,
  contentfulToken,
  cratesToken,
  databricksToken,
  definedNetworkingToken,
  digitaloceanToken,
  dockerToken,
  dopplerToken,
  duffelToken,
  dynatraceToken,
  easypostKey,
  elasticCloudKey,
  facebookPageToken,
  figmaToken,
  fireworksKey,
  flutterwaveKey,
  flyioToken,
  frameioToken,
  gitlabSessionCookie,
  gocardlessToken,
  googleOauthSecret,
  googleOauthToken,
  grafanaToken,
  groqKey,
  harnessKey,
  herokuToken,
  hubspotToken,
  infracostKey,
  intra42Secret,
  jinaKey,
  jwtBase64,
  langsmithKey,
  launchdarklyKey,
  linearKey,
  lobKey,
  mailgunKey,
  mapboxToken,
  netlifyToken,
  newrelicKey,
  notionToken,
  nugetKey,
  nvidiaKey,
  octopusKey,
  onepasswordSecretKey,
  onepasswordServiceToken,
  openshiftToken,
  perplexityKey,
  pineconeKey,
  plaidToken,
  planetscaleToken,
  posthogKey,
  postmanKey,
  prefectKey,
  pulumiToken,
  readmeKey,
  renderKey,
  replicateToken,
  resendKey,
  rubygemsKey,
  scalingoToken,
  sendinblueKey,
  sentryToken,
  settlemintToken,
  shippoToken,
  shopifyToken,
  sonarToken,
  sourcegraphToken,
  squareToken,
  supabaseKey,
  tailscaleKey,
  togetherKey,
  twitterBearerToken,
  typeformToken,
  vaultToken,
  vercelToken,
  voyageKey,
  xaiKey,
  yandexIamToken,
  yandexKey,
  azureClientSecret,
  telegramBotToken,
  discordBotToken,
  mailchimpKey,
  maxmindKey,
  terraformToken,
  facebookAppToken,
  vaultLegacyToken,
  mistypedToken,
  webhookUrl,
  curlUser,
  authorizationHeader,
  vendorCredential,
  password,
  assignedCredential,
] as const;
