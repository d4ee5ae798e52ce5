/** pg_dump and pg_dumpall write such a line at the top of a plain dump, and the same with `complete` at its end. */
const FRAME = /^(PostgreSQL database(?: cluster)? dump)( complete)?$/;
/** `-- Name: orders; Type: TABLE; Schema: public; Owner: shop`; rows come as `-- Data for Name: …`. */
const OBJECT = /^(?:Data for )?Name: (.*); Type: ([^;]+); Schema: ([^;]*); Owner: .*$/;

/** Follows the comments of a plain dump: which object is being restored, and whether the dump has reached its end. */
export class DumpFrame {
  readonly #open = new Set<string>();
  /** Such as `INDEX public.orders_total`; undefined where no comment has named one. */
  object: string | undefined;

  comment(text: string): void {
    const frame = FRAME.exec(text);
    if (frame?.[1] !== undefined) {
      if (frame[2] === undefined) this.#open.add(frame[1]);
      else this.#open.delete(frame[1]);
      this.object = undefined;
    }
    const object = OBJECT.exec(text);
    if (!object) return;
    const [, name = '', type = '', schema = ''] = object;
    this.object = `${type} ${schema === '-' ? '' : `${schema}.`}${name}`;
  }

  /** A dump has begun whose closing line has not come: what was read so far is not all of it. */
  get isOpen(): boolean {
    return this.#open.size > 0;
  }
}
