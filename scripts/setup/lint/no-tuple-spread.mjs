/**
 * ESLint rule: no call spreads a tuple. Which value is which argument is then told nowhere; what belongs together is an object
 * with names. Lists of any length may be spread.
 */
export const noTupleSpread = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { tuple: 'A call takes its arguments one by one: a tuple does not say which is which.' },
  },
  create(context) {
    const { program, esTreeNodeToTSNodeMap } = context.sourceCode.parserServices;
    const checker = program.getTypeChecker();
    return {
      ':matches(CallExpression, NewExpression) > SpreadElement.arguments'({ argument }) {
        const type = checker.getTypeAtLocation(esTreeNodeToTSNodeMap.get(argument));
        if (checker.isTupleType(type)) context.report({ node: argument, messageId: 'tuple' });
      },
    };
  },
};
