/** Every code of the document. The texts are in the locales, `vendors.goip.codes.<table>.<code>`. */
import { failure, vendorTextKey, type ErrorCode, type Failure } from '../../core/failure';
import type { State } from '../../core/state';
import { textOf } from '../json';

/** 2.2: why a request was rejected. The last is seen, not in the document. */
export const REASON: Readonly<Record<string, ErrorCode>> = {
  none_line: 'line-unavailable',
  none_provider: 'sender-refused',
  unknown: 'vendor-error',
  'content or number error': 'content-refused',
};

/** 2.3: what became of an SMS. With a receipt, `succeeded` is `delivered`; the last two are open. */
export const SEND: Readonly<Record<string, State>> = {
  succeeded: 'sent',
  failed: 'undelivered',
  unsend: 'accepted',
  sending: 'accepted',
};

/** 4.2: whether a line is connected to the server. */
export const ONLINE: Readonly<Record<string, boolean>> = { '1': true, '0': false };

/** 4.2: whether the SIM of a line is registered; empty means the same as LOGOUT. */
export const REG: Readonly<Record<string, boolean>> = { LOGIN: true, LOGOUT: false };

/** Appendix A: what the operator or the GSM module said. */
export const CMS: Readonly<Record<string, ErrorCode>> = {
  1: 'invalid-recipient', // Unassigned (unallocated) number
  8: 'sim-error', // Operator determined barring
  10: 'sim-error', // Call barred
  17: 'line-unavailable', // Network failure
  21: 'undelivered', // Short message transfer rejected
  22: 'undelivered', // Memory capacity exceeded
  27: 'undelivered', // Destination out of service
  28: 'invalid-recipient', // Unidentified subscriber
  29: 'sim-error', // Facility rejected
  30: 'invalid-recipient', // Unknown Subscriber
  38: 'line-unavailable', // Network out of order
  41: 'vendor-busy', // Temporary failure
  42: 'vendor-busy', // Congestion
  47: 'vendor-busy', // Resources unavailable, unspecified
  50: 'sim-error', // Requested facility not subscribed
  69: 'unsupported', // Requested facility not implemented
  81: 'vendor-error', // Invalid short message reference value
  95: 'vendor-error', // Invalid message, unspecified
  96: 'vendor-error', // Invalid mandatory information
  97: 'vendor-error', // Message type non-existent or not implemented
  98: 'vendor-error', // Message not compatible with short message protocol state
  99: 'vendor-error', // Information element non-existent or not implemented
  111: 'vendor-error', // Protocol error, unspecified
  127: 'undelivered', // Interworking unspecified
  128: 'unsupported', // Telematic interworking not supported
  129: 'unsupported', // Short message type 0 not supported
  130: 'vendor-error', // Cannot replace short message
  143: 'vendor-error', // Unspecified TP-PID error
  144: 'unsupported', // Data coding scheme (alphabet) not supported
  145: 'unsupported', // Message class not supported
  159: 'vendor-error', // Unspecified TP-DCS error
  160: 'vendor-error', // Command cannot be actioned
  161: 'unsupported', // Command unsupported
  175: 'vendor-error', // Unspecified TP-Command error
  176: 'unsupported', // TPDU not supported
  192: 'vendor-busy', // SC busy
  193: 'sim-error', // No SC subscription
  194: 'vendor-busy', // SC system failure
  195: 'invalid-recipient', // Invalid SME address
  196: 'recipient-refused', // Destination SME barred
  197: 'duplicate-id', // SM Rejected-Duplicate SM
  198: 'unsupported', // TP-VPF not supported
  199: 'unsupported', // TP-VP not supported
  208: 'sim-error', // SIM SMS storage full
  209: 'sim-error', // No SMS storage capability in SIM
  210: 'undelivered', // Error in MS
  211: 'undelivered', // Memory Capacity Exceeded
  212: 'sim-error', // SIM Application Toolkit Busy
  213: 'sim-error', // SIM data download error
  224: 'vendor-error', // TP_FCS_APPL_ERR_START
  '225-253': 'vendor-error', // application errors, between START and STOP
  254: 'vendor-error', // TP_FCS_APPL_ERR_STOP
  255: 'vendor-error', // TP_FCS_UNSPECIFIED
  300: 'line-unavailable', // ME failure
  301: 'line-unavailable', // SMS service of ME reserved
  302: 'vendor-error', // operation not allowed
  303: 'unsupported', // operation not supported
  305: 'vendor-error', // invalid text mode parameter
  312: 'sim-error', // PH-SIM PIN necessary; SIM PUK required (the number stands twice)
  310: 'sim-error', // SIM not inserted
  311: 'sim-error', // SIM PIN required
  313: 'sim-error', // SIM failure
  314: 'sim-error', // SIM busy
  315: 'sim-error', // SIM wrong
  317: 'sim-error', // SIM PIN2 required
  318: 'sim-error', // SIM PUK2 required
  319: 'sim-error', // incorrect PUK1
  320: 'line-unavailable', // memory failure
  321: 'vendor-error', // invalid memory index
  322: 'line-unavailable', // memory full
  330: 'sim-error', // SMSC address unknown
  331: 'line-unavailable', // no network service
  332: 'no-answer', // network timeout
  340: 'vendor-error', // no +CNMA acknowledgement expected
  512: 'vendor-error', // MN_SMS_RP_ACK
  513: 'no-answer', // MN_SMS_TIMER_EXPIRED
  514: 'line-unavailable', // MN_SMS_FORW_AVAIL_FAILED
  515: 'line-unavailable', // MN_SMS_FORW_AVAIL_ABORTED
  516: 'vendor-error', // MS invalid TP-Message-Type-Indicator
  517: 'vendor-error', // MS no TP-Status-Report in Phase 1
  518: 'vendor-error', // MS no TP-Reject-Duplicate in Phase 1
  519: 'vendor-error', // MS no TP-Reply-Path in Phase 1
  520: 'vendor-error', // MS no TP-User-Data-Header in Phase 1
  521: 'vendor-error', // MS missing TP-Validity-Period
  522: 'vendor-error', // MS invalid TP-Service-Centre-Time-Stamp
  523: 'invalid-recipient', // MS missing TP-Destination-Address
  524: 'invalid-recipient', // MS invalid TP-Destination-Address
  525: 'sim-error', // MS missing Service-Centre-Address
  526: 'sim-error', // MS invalid Service-Centre-Address
  527: 'content-refused', // MS invalid alphabet
  528: 'vendor-error', // MS invalid TP-User-Data-Length
  529: 'vendor-error', // MS missing TP-User-Data
  530: 'text-too-long', // MS TP-User-Data too long
  531: 'vendor-error', // MS no Command-Request in Phase 1
  532: 'vendor-error', // MS Cmd-Req invalid TP-Destination-Address
  533: 'vendor-error', // MS Cmd-Req invalid TP-User-Data-Length
  534: 'vendor-error', // MS Cmd-Req invalid TP-User-Data
  535: 'vendor-error', // MS Cmd-Req invalid TP-Command-Type
  536: 'line-unavailable', // MN MNR creation failed
  537: 'line-unavailable', // MS CMM creation failed
  538: 'line-unavailable', // MS network connection lost
  539: 'vendor-busy', // MS pending MO SM transfer
  540: 'vendor-error', // RP-Error OK
  541: 'vendor-error', // RP-Error OK no icon display
  542: 'undelivered', // SMS-PP Unspecified
  543: 'sim-error', // SMS rejected By SMS CONTROL
};

/** Appendix A names only the first and the last of a range. */
const APPLICATION = { first: 225, last: 253, key: '225-253' };

/**
 * What `err_code` of a failed SMS means. Where the network gave no answer the SMS may have gone out: its state is
 * unknown. A code that is not in the appendix (350 in the document's own sample) is the vendor's error.
 */
export function cmsError(errCode: unknown): { readonly state: State; readonly failure: Failure } {
  const written = textOf(errCode);
  if (written === undefined) return { state: 'undelivered', failure: failure('undelivered') };
  const number = /^\d+$/.test(written) ? Number(written) : NaN;
  const key = number >= APPLICATION.first && number <= APPLICATION.last ? APPLICATION.key : String(number);
  const code = CMS[key];
  if (code === undefined) return { state: 'undelivered', failure: { ...failure('vendor-error'), vendorCode: written } };
  return {
    state: code === 'no-answer' ? 'unknown' : 'undelivered',
    failure: { ...failure(code), vendorCode: written, vendorTextKey: vendorTextKey('cms', key) },
  };
}
