export interface LockOptions {
  readonly onWait?: () => void;
  readonly staleMs?: number;
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
}

export function withLock<T>(path: string, work: () => Promise<T>, options?: LockOptions): Promise<T>;
