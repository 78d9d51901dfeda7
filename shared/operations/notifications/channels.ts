import type { ChannelType } from '../../formats/manifests/notification';
import type { Channel } from './channel';
import { dingtalk } from './channels/dingtalk';
import { feishu } from './channels/feishu';
import { slack } from './channels/slack';
import { webhook } from './channels/webhook';
import { wecom } from './channels/wecom';

export const channels: Record<ChannelType, Channel> = { webhook, dingtalk, feishu, wecom, slack };
