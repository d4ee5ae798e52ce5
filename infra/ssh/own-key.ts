import {
  BaseAgent,
  type IdentityCallback,
  type ParsedKey,
  type SignCallback,
  type SigningRequestOptions,
} from 'ssh2';

type PublicKey = string | Buffer | ParsedKey;

/** Signs with a key that this process has read: what an agent does, without a socket that would outlive it. */
export class OwnKey extends BaseAgent {
  readonly #key: ParsedKey;

  constructor(key: ParsedKey) {
    super();
    this.#key = key;
  }

  override getIdentities(told: IdentityCallback<PublicKey>): void {
    told(undefined, [this.#key]);
  }

  /** It has but one key, so that is the one that is asked for. */
  override sign(
    _key: PublicKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    told: SignCallback | undefined = typeof options === 'function' ? options : undefined,
  ): void {
    const signature = this.#key.sign(data, typeof options === 'function' ? undefined : options.hash);
    if (signature instanceof Error) told?.(signature);
    else told?.(undefined, signature);
  }
}
