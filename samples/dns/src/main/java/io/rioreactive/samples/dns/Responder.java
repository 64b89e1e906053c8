package io.rioreactive.samples.dns;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * What the protocol says to a message. Whatever bytes it gets, it throws nothing and answers at
 * most once:
 *
 * <pre>
 *   too short for a header              nothing
 *   itself an answer                    nothing: else two servers could talk for ever
 *   any opcode but a query              NOTIMP
 *   malformed, or not one question      FORMERR  (RFC 9619)
 *   EDNS of another version             BADVERS  (RFC 6891)
 *   not in the zone, or not of class IN REFUSED
 *   a zone transfer                     NOTIMP
 *   else                                what the {@link Zone} says
 * </pre>
 *
 * <p>FORMERR, and NOTIMP to another opcode, are a header alone: no longer than what was asked. An
 * answer has up to 512 bytes, or as many as both sides take by EDNS; one that does not fit says so
 * (TC), and whoever asked would come by TCP, which this sample does not have. Signatures (TSIG) are
 * not looked at. Any thread.
 */
final class Responder {

  /** Bytes that everybody takes: RFC 1035, 4.2.1. */
  static final int SMALLEST = 512;

  private static final int HEADER = 12;

  // Of the second word of a header.
  private static final int IS_ANSWER = 0x8000;
  private static final int OPERATION = 0x7800;
  private static final int IS_TRUNCATED = 0x0200;
  private static final int RECURSION_IS_DESIRED = 0x0100;

  /** EDNS, and a signature. */
  private static final int MOST_ADDITIONAL = 2;

  private final Zone zone;
  private final int udpSize;
  private final Counts counts = new Counts();

  /** Answers from a zone, by up to so many bytes. */
  Responder(Zone zone, int udpSize) {
    this.zone = zone;
    this.udpSize = udpSize;
  }

  Zone zone() {
    return zone;
  }

  Counts counts() {
    return counts;
  }

  /**
   * Answers a message.
   *
   * @param message its position stays
   * @return the answer; empty if there is to be none
   */
  Optional<byte[]> answer(ByteBuffer message) {
    int flags = message.remaining() < HEADER ? IS_ANSWER : word(message, 1);
    if ((flags & IS_ANSWER) != 0) {
      counts.onIgnored();
      return Optional.empty();
    }
    if ((flags & OPERATION) != 0) {
      return Optional.of(refusal(message, Rcode.NOTIMP));
    }
    return Optional.of(query(message));
  }

  /** One of the six words of the header. */
  private static int word(ByteBuffer message, int index) {
    return Short.toUnsignedInt(message.getShort(message.position() + 2 * index));
  }

  private byte[] query(ByteBuffer message) {
    if (!isPlain(message)) {
      return refusal(message, Rcode.FORMERR);
    }
    Message query;
    try {
      query = new Message(message.duplicate());
    } catch (IOException | RuntimeException malformed) { // unchecked too, should there be any
      return refusal(message, Rcode.FORMERR);
    }
    if (query.numBytes() != message.remaining() || !hasPlainEdns(query)) {
      return refusal(message, Rcode.FORMERR);
    }
    return response(query);
  }

  /**
   * Whether it has one question, and nothing that no question has. Looked at before it is parsed: a
   * header of twelve bytes may announce 262,140 records, for which room would be made.
   */
  private static boolean isPlain(ByteBuffer message) {
    return (word(message, 1) & IS_TRUNCATED) == 0
        && word(message, 2) == 1
        && word(message, 3) == 0
        && word(message, 4) == 0
        && word(message, 5) <= MOST_ADDITIONAL;
  }

  /** At most one OPT, at the root. */
  private static boolean hasPlainEdns(Message query) {
    int count = 0;
    for (Record each : query.getSection(Section.ADDITIONAL)) {
      if (each instanceof OPTRecord) {
        count++;
        if (each.getName().labels() != 1) {
          return false;
        }
      }
    }
    return count <= 1;
  }

  /** A header that says no. */
  private byte[] refusal(ByteBuffer message, int rcode) {
    counts.onAnswer(rcode);
    int kept = word(message, 1) & (OPERATION | RECURSION_IS_DESIRED);
    return ByteBuffer.allocate(HEADER)
        .putShort((short) word(message, 0))
        .putShort((short) (IS_ANSWER | kept | rcode))
        .array();
  }

  private byte[] response(Message query) {
    Message response = new Message(query.getHeader().getID());
    response.getHeader().setFlag(Flags.QR);
    if (query.getHeader().getFlag(Flags.RD)) {
      response.getHeader().setFlag(Flags.RD);
    }
    response.addRecord(query.getQuestion(), Section.QUESTION);
    @Nullable OPTRecord edns = query.getOPT();
    int longest = SMALLEST;
    if (edns != null) {
      longest = Math.clamp(edns.getPayloadSize(), SMALLEST, udpSize);
      response.addRecord(ours(edns), Section.ADDITIONAL);
    }
    if (response.getRcode() == Rcode.NOERROR) { // BADVERS is in the EDNS
      fill(response, query.getQuestion());
    }
    byte[] bytes = response.toWire(longest);
    counts.onAnswer(response.getRcode());
    if ((word(ByteBuffer.wrap(bytes), 1) & IS_TRUNCATED) != 0) {
      counts.onTruncated();
    }
    return bytes;
  }

  /** Version 0; whether signatures are wanted is said back (RFC 3225), though there are none. */
  private OPTRecord ours(OPTRecord edns) {
    int rcode = edns.getVersion() == 0 ? Rcode.NOERROR : Rcode.BADVERS;
    return new OPTRecord(udpSize, rcode >> 4, 0, edns.getFlags() & ExtendedFlags.DO);
  }

  private void fill(Message response, Record question) {
    int type = question.getType();
    boolean isOurs = question.getName().subdomain(zone.origin());
    if (!isOurs || question.getDClass() != DClass.IN) {
      response.getHeader().setRcode(Rcode.REFUSED);
    } else if (type != Type.ANY && !Type.isRR(type)) {
      response.getHeader().setRcode(Rcode.NOTIMP);
    } else {
      zone.answer(question.getName(), type, response);
    }
  }
}
