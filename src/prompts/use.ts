/** The prompt version that a request was resolved to. */
export interface PromptUse {
  readonly name: string;
  readonly version: number;
  /** The label it was reached by, where it was. */
  readonly label: string | undefined;
}

export interface HasPrompt {
  /** undefined: the request names no prompt. */
  prompt: PromptUse | undefined;
}
