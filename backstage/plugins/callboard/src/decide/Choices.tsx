import { Button, Flex, Text } from '@backstage/ui';
import { useState } from 'react';
import type { Decision, DecisionDraft } from '../api/types';
import story from '../finding/History.module.css';
import { When } from '../parts/When';
import { ActForm } from './ActForm';
import styles from './Decide.module.css';
import { useDeciding } from './useDeciding';
import type { Fields } from './draft';
import { Outcome } from './Outcome';
import { type Ground, keyOf, type Target } from './target';
import { type Act, LABELS, said as saidWords } from './words';

/** In this order the buttons stand. */
const ORDER: readonly Act[] = ['take', 'snooze', 'dismiss', 'ask', 'assign', 'not-useful', 'comment'];

/** What may be said about something, what stands, and what became of what was said just now. */
export const Choices = ({
  target,
  ground,
  act,
  onLook,
}: {
  target: Target;
  ground: Ground;
  /** The form that is open. */
  act?: Act;
  /** Look at it again. */
  onLook: () => void;
}) => {
  const deciding = useDeciding();
  const [open, setOpen] = useState<Act | undefined>(act !== 'take' && act && ground.may.includes(act) ? act : undefined);
  const [fields, setFields] = useState<Fields>({});
  if (!deciding) {
    return null;
  }
  const said = deciding.saidOf(keyOf(target));
  const sending = said?.outcome.state === 'loading' ? said.draft : undefined;
  const isSending = sending !== undefined || said?.back?.outcome.state === 'loading';
  const say = (draft: Parameters<typeof deciding.say>[2]) => {
    deciding.say(target, ground.about, { ...draft, ...(draft.of === undefined ? ground.aim : {}) });
    if (draft.act === 'comment') {
      setFields(({ note, ...others }) => others);
    }
    setOpen(undefined);
  };
  const look = () => {
    if (said) {
      deciding.forget(said);
    }
    onLook();
  };
  if (deciding.why) {
    return (
      <>
        {ground.page && <Standing page={ground.page} />}
        <Text color="secondary">{deciding.why}</Text>
      </>
    );
  }
  return (
    <Flex direction="column" gap="3">
      <div>
        {ground.page && <Standing page={ground.page} onSay={say} isSending={isSending} sending={sending} />}
        <div role="status">{said && <Outcome said={said} onLook={look} />}</div>
      </div>
      {ground.may.length === 0 ? (
        <Text color="secondary">You may look at it. Saying something about it is for whoever owns it and may decide.</Text>
      ) : (
        <Flex gap="2" className={styles.choices} role="group" aria-label="What to say about it">
          {ORDER.filter(each => ground.may.includes(each)).map(each => (
            <Button
              key={each}
              size="small"
              variant={each === 'take' ? 'primary' : 'secondary'}
              // What was pressed keeps the focus.
              isPending={sending?.act === each}
              isDisabled={isSending && sending?.act !== each}
              aria-expanded={each === 'take' ? undefined : open === each}
              onPress={() => (each === 'take' ? say({ act: 'take' }) : setOpen(open === each ? undefined : each))}
              // Whoever asked for it by a key begins here.
              // eslint-disable-next-line jsx-a11y/no-autofocus
              autoFocus={each === 'take' && act === 'take'}
            >
              {LABELS[each]}
            </Button>
          ))}
        </Flex>
      )}
      {open && (
        <ActForm
          key={open}
          act={open}
          fields={fields}
          onChange={some => setFields(others => ({ ...others, ...some }))}
          onSay={say}
          onCancel={() => setOpen(undefined)}
          isSending={isSending}
        />
      )}
    </Flex>
  );
};

/** What people said and still holds. */
const Standing = ({
  page,
  onSay,
  isSending = false,
  sending,
}: {
  page: NonNullable<Ground['page']>;
  onSay?: (draft: { act: Act; of: number }) => void;
  isSending?: boolean;
  /** What is being said just now. */
  sending?: DecisionDraft;
}) => {
  const howOf = (act: Act, of: number) => {
    const isPending = sending?.act === act && sending.of === of;
    return { isPending, isDisabled: isSending && !isPending };
  };
  return page.said.length ? (
    <ul className={story.story} aria-label="What holds">
      {page.said.map(each => (
        <li key={each.id}>
          <b>{saidWords(each)}</b>, <When at={each.at} />
          {each.note && ` · ${each.note}`}
          {onSay && (
            <Flex gap="2" mt="1">
              {mayAgree(each, page) && (
                <Button size="small" variant="primary" {...howOf('accept', each.id)} onPress={() => onSay({ act: 'accept', of: each.id })}>
                  {LABELS.accept}
                </Button>
              )}
              {page.may_undo.includes(each.id) && (
                <Button
                  size="small"
                  variant="secondary"
                  {...howOf('undo', each.id)}
                  aria-label={`Undo: ${saidWords(each)}`}
                  onPress={() => onSay({ act: 'undo', of: each.id })}
                >
                  {LABELS.undo}
                </Button>
              )}
            </Flex>
          )}
        </li>
      ))}
    </ul>
  ) : null;
};

function mayAgree(decision: Decision, page: NonNullable<Ground['page']>): boolean {
  return decision.act === 'ask' && page.may.includes('accept');
}
