export declare function compiledNow(root: string): string | undefined;
export declare function compiledFolder(root: string): Promise<string | undefined>;
