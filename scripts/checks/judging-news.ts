/** What judging does at the moment: reading a file of the evidence, or comparing all of it. */
type JudgingNews =
  | { readonly doing: 'reading'; readonly file: string; readonly bytes: number }
  | { readonly doing: 'comparing' };

export type OnJudging = (news: JudgingNews) => void;
