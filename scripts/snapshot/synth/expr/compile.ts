import type { A_Expr, Node, TypeName } from 'libpg-query';
import { columnName } from './columns-in.ts';
import { arithmetic, FUNCTIONS, rounded } from './functions.ts';
import { classOf, constantOf, DAY_US, type Value, type ValueClass } from './value.ts';
import { areAll, caseOf, coalesce, minMax } from './choices.ts';
import type { Columns, Expression } from './expression.ts';
import { comparison, likePattern, regex } from './operators.ts';

type Compiled = Expression | undefined;

/** Undefined where it has something whose meaning is not known here: then only PostgreSQL can tell. */
export function compile(node: Node | undefined, columns: Columns): Compiled {
  if (node === undefined) return undefined;
  const inside = (one: Node | undefined): Compiled => compile(one, columns);
  if ('ColumnRef' in node) return columnRef(node, columns);
  if ('A_Const' in node) return constant(node);
  if ('TypeCast' in node) return cast(node.TypeCast.arg, node.TypeCast.typeName, columns);
  if ('BoolExpr' in node) return bool(node.BoolExpr.boolop ?? '', (node.BoolExpr.args ?? []).map(inside));
  if ('NullTest' in node) {
    const arg = inside(node.NullTest.arg);
    const isNull = node.NullTest.nulltesttype === 'IS_NULL';
    return arg && { of: 'bool', value: (row) => (arg.value(row) === null) === isNull };
  }
  if ('BooleanTest' in node)
    return booleanTest(node.BooleanTest.booltesttype ?? '', inside(node.BooleanTest.arg));
  if ('CoalesceExpr' in node) return coalesce((node.CoalesceExpr.args ?? []).map(inside));
  if ('MinMaxExpr' in node)
    return minMax(node.MinMaxExpr.op === 'IS_GREATEST', (node.MinMaxExpr.args ?? []).map(inside));
  if ('A_ArrayExpr' in node) return list((node.A_ArrayExpr.elements ?? []).map(inside));
  if ('List' in node) return list((node.List.items ?? []).map(inside));
  if ('CaseExpr' in node) return caseOf(node.CaseExpr, inside);
  if ('A_Expr' in node) return operation(node.A_Expr, inside);
  if ('FuncCall' in node) {
    const last = node.FuncCall.funcname?.at(-1);
    const name = last !== undefined && 'String' in last ? (last.String.sval ?? '') : '';
    return call(name, (node.FuncCall.args ?? []).map(inside));
  }
  return undefined;
}

function columnRef(node: Node, columns: Columns): Compiled {
  const column = columns.get(columnName(node) ?? '');
  return column && { of: column.of, value: (row) => row[column.at] ?? null };
}

function constant(node: Extract<Node, { A_Const: unknown }>): Compiled {
  const { isnull, ival, fval, boolval, sval } = node.A_Const;
  const fixed = (of: ValueClass, value: Value): Expression => ({ of, value: () => value });
  if (isnull === true) return fixed('other', null);
  if (ival !== undefined) return fixed('int', ival.ival ?? 0);
  if (fval !== undefined) return fixed('number', Number(fval.fval));
  if (boolval !== undefined) return fixed('bool', boolval.boolval ?? false);
  return sval === undefined ? undefined : fixed('text', sval.sval ?? '');
}

function cast(arg: Node | undefined, type: TypeName | undefined, columns: Columns): Compiled {
  const last = type?.names?.at(-1);
  const name = last !== undefined && 'String' in last ? (last.String.sval ?? '') : '';
  const isArray = (type?.arrayBounds ?? []).length > 0;
  const to = isArray ? 'array' : classOf(name);
  if (arg !== undefined && 'A_Const' in arg && arg.A_Const.sval !== undefined) {
    const text = arg.A_Const.sval.sval ?? '';
    if (isArray) return constantList(text, classOf(name));
    const value = constantOf(text, to);
    return value === undefined ? undefined : { of: to === 'other' ? 'text' : to, value: () => value };
  }
  const from = compile(arg, columns);
  if (from === undefined || from.of === to) return from;
  const then = (change: (value: number) => number): Expression => ({
    of: to,
    value: (row) => {
      const value = from.value(row);
      return value === null ? null : change(Number(value));
    },
  });
  if (to === 'number' && from.of === 'int') return then((value) => value);
  if (to === 'int' && from.of === 'number') return then((value) => rounded(value, 0));
  if (to === 'timestamp' && from.of === 'date') return then((value) => value * DAY_US);
  if (to === 'date' && from.of === 'timestamp') return then((value) => Math.floor(value / DAY_US));
  if (to === 'text' && from.of === 'other') return { ...from, of: 'text' }; // an enum
  return from.of === 'other' && to === 'other' ? from : undefined;
}

/** `{a,b}`, without anything in quotes. */
function constantList(text: string, of: ValueClass): Compiled {
  if (!/^\{[^{}"\\]*\}$/.test(text)) return undefined;
  const parts = text === '{}' ? [] : text.slice(1, -1).split(',');
  const values = parts.map((part) => (part === 'NULL' ? null : constantOf(part, of)));
  if (values.includes(undefined)) return undefined;
  return { of: 'array', value: () => values as readonly Value[] };
}

function bool(operator: string, args: readonly Compiled[]): Compiled {
  if (!areAll(args)) return undefined;
  if (operator === 'NOT_EXPR') return { of: 'bool', value: (row) => negated(args[0]?.value(row) ?? null) };
  const decides = operator === 'OR_EXPR';
  return {
    of: 'bool',
    value: (row) => {
      let unknown = false;
      for (const arg of args) {
        const value = arg.value(row);
        if (value === decides) return decides;
        if (value === null) unknown = true;
      }
      return unknown ? null : !decides;
    },
  };
}

function negated(value: Value): Value {
  return value === null ? null : value !== true;
}

const TESTS: Readonly<Record<string, (value: Value) => boolean>> = {
  IS_TRUE: (value) => value === true,
  IS_NOT_TRUE: (value) => value !== true,
  IS_FALSE: (value) => value === false,
  IS_NOT_FALSE: (value) => value !== false,
  IS_UNKNOWN: (value) => value === null,
  IS_NOT_UNKNOWN: (value) => value !== null,
};

function booleanTest(type: string, arg: Compiled): Compiled {
  const test = TESTS[type];
  return arg && test && { of: 'bool', value: (row) => test(arg.value(row)) };
}

function list(items: readonly Compiled[]): Compiled {
  return areAll(items) ? { of: 'array', value: (row) => items.map((item) => item.value(row)) } : undefined;
}

function operation(
  { kind, name, lexpr, rexpr }: A_Expr,
  inside: (one: Node | undefined) => Compiled,
): Compiled {
  const first = name?.[0];
  const operator = first !== undefined && 'String' in first ? (first.String.sval ?? '') : '';
  const left = inside(lexpr);
  const right = inside(rexpr);
  if (right === undefined) return undefined;
  if (lexpr === undefined)
    return operator === '-' ? { of: right.of, value: (row) => minus(right.value(row)) } : undefined;
  if (left === undefined) return undefined;
  if (kind === 'AEXPR_OP_ANY' || kind === 'AEXPR_OP_ALL')
    return quantified(operator, kind === 'AEXPR_OP_ALL', left, right);
  if (kind === 'AEXPR_DISTINCT' || kind === 'AEXPR_NOT_DISTINCT') {
    const same = comparison('=', left, right);
    return (
      same && {
        of: 'bool',
        value: (row) => {
          const [a, b] = [left.value(row), right.value(row)];
          const isSame = a === null || b === null ? a === b : same.value(row) === true;
          return isSame === (kind === 'AEXPR_NOT_DISTINCT');
        },
      }
    );
  }
  if (kind !== 'AEXPR_OP') return undefined;
  return (
    comparison(operator, left, right) ?? matching(operator, left, right) ?? computed(operator, left, right)
  );
}

function minus(value: Value): Value {
  return value === null ? null : -Number(value);
}

/** `= ANY (ARRAY[…])`, and `<> ALL` of NOT IN. */
function quantified(operator: string, isAll: boolean, left: Expression, right: Expression): Compiled {
  if (right.of !== 'array') return undefined;
  let item: Value = null;
  const meets = comparison(operator, left, { of: left.of, value: () => item });
  return (
    meets && {
      of: 'bool',
      value: (row) => {
        const items = right.value(row);
        if (items === null || left.value(row) === null) return null;
        let unknown = false;
        for (item of items as readonly Value[]) {
          const value = meets.value(row);
          if (value === !isAll) return !isAll;
          if (value === null) unknown = true;
        }
        return unknown ? null : isAll;
      },
    }
  );
}

/** `~`, `~*`, `LIKE`, `ILIKE` and their opposites, with a pattern that is a constant. */
function matching(operator: string, left: Expression, right: Expression): Compiled {
  const not = operator.startsWith('!');
  const bare = not ? operator.slice(1) : operator;
  const pattern = right.value([]);
  if (left.of !== 'text' || typeof pattern !== 'string') return undefined;
  const source = bare.startsWith('~~') ? likePattern(pattern) : bare.startsWith('~') ? pattern : undefined;
  const tests = source === undefined ? undefined : regex(source, bare.endsWith('*'));
  if (tests === undefined) return undefined;
  return {
    of: 'bool',
    value: (row) => {
      const value = left.value(row);
      return value === null ? null : tests.test(String(value)) !== not;
    },
  };
}

function computed(operator: string, left: Expression, right: Expression): Compiled {
  if (operator === '||' && left.of === 'text' && right.of === 'text')
    return {
      of: 'text',
      value: (row) => {
        const [a, b] = [left.value(row), right.value(row)];
        return a === null || b === null ? null : `${String(a)}${String(b)}`;
      },
    };
  const how = arithmetic(operator, left.of, right.of);
  return (
    how && {
      of: how.of,
      value: (row) => {
        const [a, b] = [left.value(row), right.value(row)];
        return a === null || b === null ? null : how.apply(Number(a), Number(b));
      },
    }
  );
}

function call(name: string, args: readonly Compiled[]): Compiled {
  if (!areAll(args)) return undefined;
  if (name === 'num_nulls' || name === 'num_nonnulls') {
    const counts = name === 'num_nulls';
    return { of: 'int', value: (row) => args.filter((arg) => (arg.value(row) === null) === counts).length };
  }
  const known = FUNCTIONS[name];
  const of = typeof known?.of === 'function' ? known.of(args.map((arg) => arg.of)) : known?.of;
  if (known === undefined || of === undefined) return undefined;
  return {
    of,
    value: (row) => {
      const values = args.map((arg) => arg.value(row));
      return values.includes(null) ? null : known.apply(values);
    },
  };
}
