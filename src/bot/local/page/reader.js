import { byId } from './dom.js';

const NEAR_PX = 60;

/** Where the reader is: at the end and staying there, or looking at something older. */
export function createReader() {
  const scroll = byId('scroll');
  const pill = byId('to-bottom');
  let follows = true;
  let last = 0;

  const isNear = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_PX;
  const toBottom = () => {
    follows = true;
    pill.hidden = true;
    scroll.scrollTop = scroll.scrollHeight;
  };
  // Only a reader moves upwards. When the list grows the end moves away by itself, and that is no wish to leave it.
  scroll.addEventListener('scroll', () => {
    if (isNear()) {
      follows = true;
      pill.hidden = true;
    } else if (scroll.scrollTop < last) follows = false;
    last = scroll.scrollTop;
  });
  pill.addEventListener('click', toBottom);
  // Pictures arrive late and keyboards open: whoever reads the end stays at the end.
  const stay = new ResizeObserver(() => follows && toBottom());
  for (const child of scroll.children) stay.observe(child);
  stay.observe(scroll);

  return {
    toBottom,
    follows: () => follows,
    /** Says that there is something new, to whoever does not see it. */
    tell() {
      if (!follows) pill.hidden = false;
    },
  };
}
