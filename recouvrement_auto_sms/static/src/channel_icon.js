import { ICONS } from "@recouvrement_auto/channels";

ICONS.sms = "fa-comment-o";
