import { holds, rollsUp, scopeTerm, usualQuery } from './scope';

describe('what a list about an entity asks', () => {
  it.each([
    ['component:default/cart', 'component:cart'],
    ['Component:default/Cart', 'component:cart'],
    ['component:shop/cart', 'component:shop/cart'],
    ['resource:default/db', 'component:resource:db'],
    ['api:shop/orders', 'component:api:shop/orders'],
    ['group:default/checkout', 'owner:checkout'],
    ['user:default/ana.ruiz', 'owner:user:ana.ruiz'],
    ['system:default/shop', 'system:shop'],
    ['domain:default/retail', 'domain:retail'],
  ])('%s is %s, in the words in which the service prints it', (ref, term) => {
    expect(scopeTerm(ref)).toBe(term);
    expect(holds(usualQuery(ref), term)).toBe(true);
  });

  it('tells a term from one that only begins like it', () => {
    expect(holds('component:cart-api is:open', 'component:cart')).toBe(false);
    expect(holds('-component:cart', 'component:cart')).toBe(false);
  });

  it('knows who puts together what others own', () => {
    expect(rollsUp('group:default/a')).toBe(true);
    expect(rollsUp('component:default/a')).toBe(false);
  });
});
