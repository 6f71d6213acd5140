module.exports = require('@backstage/cli/config/eslint-factory')(__dirname, {
  rules: {
    // A file begins with what it is for; its parts come below.
    '@typescript-eslint/no-use-before-define': ['error', { functions: false, variables: false }],
  },
});
