/** Ends the watch. */
export declare function startWatchdog(options?: { reap?: string[]; thread?: URL }): () => void;
