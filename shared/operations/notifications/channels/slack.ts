import { type Channel, json } from '../channel';

const longestHeader = 150;
const longestSection = 3_000;

/**
 * An incoming webhook of Slack: blocks of plain text, and the title once more as what a notification shows. `&`, `<` and `>`
 * are escaped where Slack reads markup, so that nothing calls a channel. 200 with `ok` is a yes.
 */
export const slack: Channel = {
  hosts: ['hooks.slack.com', 'hooks.slack-gov.com'],
  holdsToken: /^\/(services|workflows|triggers)\/[^/]/,
  call: ({ title, text }, { url }) => ({
    url,
    headers: json,
    body: JSON.stringify({
      text: escaped(title),
      blocks: [
        { type: 'header', text: plain(title, longestHeader) },
        { type: 'section', text: plain(text, longestSection) },
      ],
    }),
  }),
  refusal: (status, body) => (status === 200 && body.trim() === 'ok' ? undefined : `status ${status}`),
};

function plain(text: string, longest: number) {
  const cut = text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
  return { type: 'plain_text', text: cut, emoji: false };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
