export declare const OWN_ROOT: string;
export declare const IS_PACKAGE: boolean;
export declare function ownModule(name: string): string;
export declare function importOwn(name: string): Promise<unknown>;
export declare const COMPILED: string | undefined;
