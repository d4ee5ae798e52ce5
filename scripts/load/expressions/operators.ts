import { remainder, type Argument } from './functions.ts';
import { ScriptError } from '../script-error.ts';
import { int64, toDouble, toInt, type Scalar } from './values.ts';

type Operator = (left: Argument, right: Argument) => Scalar;

/** Binary operators by their sign. NULL operands do not come here: the result is NULL. `!=` is read as `<>`. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  '+': arithmetic(
    (a, b) => a + b,
    (a, b) => int64(a + b, 'bigint add'),
  ),
  '-': arithmetic(
    (a, b) => a - b,
    (a, b) => int64(a - b, 'bigint sub'),
  ),
  '*': arithmetic(
    (a, b) => a * b,
    (a, b) => int64(a * b, 'bigint mul'),
  ),
  '/': arithmetic(
    (a, b) => a / b,
    (a, b) => {
      if (b === 0n) throw new ScriptError('divisionByZero', 'division by zero');
      return int64(a / b, 'bigint div');
    },
  ),
  '%': (left, right) => remainder(toInt(left), toInt(right)),
  '&': bitwise((a, b) => a & b),
  '|': bitwise((a, b) => a | b),
  '#': bitwise((a, b) => a ^ b),
  // The processor takes the shift modulo 64, and so does pgbench.
  '<<': bitwise((a, b) => a << BigInt.asUintN(6, b)),
  '>>': bitwise((a, b) => a >> BigInt.asUintN(6, b)),
  '=': comparison((a, b) => a === b),
  '<>': comparison((a, b) => a !== b),
  '<': comparison((a, b) => a < b),
  '<=': comparison((a, b) => a <= b),
  '>': comparison((a, b) => a > b),
  '>=': comparison((a, b) => a >= b),
};

function arithmetic(
  ofDoubles: (a: number, b: number) => number,
  ofIntegers: (a: bigint, b: bigint) => bigint,
): Operator {
  return (left, right) =>
    typeof left === 'number' || typeof right === 'number'
      ? ofDoubles(toDouble(left), toDouble(right))
      : ofIntegers(toInt(left), toInt(right));
}

function bitwise(apply: (a: bigint, b: bigint) => bigint): Operator {
  return (left, right) => BigInt.asIntN(64, apply(toInt(left), toInt(right)));
}

function comparison(holds: (a: number | bigint, b: number | bigint) => boolean): Operator {
  return (left, right) =>
    typeof left === 'number' || typeof right === 'number'
      ? holds(toDouble(left), toDouble(right))
      : holds(toInt(left), toInt(right));
}
