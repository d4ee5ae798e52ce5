export declare function compile(
  root: string,
  folder: string,
  options: { readonly rootUrl: string; readonly asInstalled?: boolean },
): Promise<string[]>;
