package io.rioreactive.samples.dns;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * What is answered to a question for a name in the zone: the algorithm of RFC 1034, 4.3.2, with the
 * wildcards of RFC 4592 and the negative answers of RFC 2308. Never changes; any thread.
 *
 * <pre>
 *   from the top of the zone down to the name
 *     ├─ a name with NS          another server's: refer to it
 *     ├─ no such name            its wildcard if there is one, else NXDOMAIN
 *     └─ the name
 *          ├─ has the type       answer, and the addresses of what it names
 *          ├─ has a CNAME        answer, and again with the name it leads to
 *          └─ has neither        no error, no answer
 * </pre>
 */
final class Zone {

  /** CNAMEs that are followed in one answer. Those that lead in a circle end sooner. */
  static final int LONGEST_CHAIN = 8;

  private final Name origin;
  private final Map<Name, Node> nodes;

  /** The SOA as it goes with a negative answer: it says for how long that may be remembered. */
  private final SOARecord denial;

  /**
   * A zone of these names; the map is given up to it.
   *
   * @param soa its owner is the zone's name, at which there is a node
   */
  Zone(SOARecord soa, Map<Name, Node> nodes) {
    this.origin = soa.getName();
    this.nodes = nodes;
    this.denial =
        new SOARecord(
            soa.getName(),
            DClass.IN,
            Math.min(soa.getTTL(), soa.getMinimum()),
            soa.getHost(),
            soa.getAdmin(),
            soa.getSerial(),
            soa.getRefresh(),
            soa.getRetry(),
            soa.getExpire(),
            soa.getMinimum());
  }

  Name origin() {
    return origin;
  }

  /** How many names it has, those without records among them. */
  int size() {
    return nodes.size();
  }

  /**
   * Adds the answer to a response.
   *
   * @param name in this zone
   * @param type of records, or {@link Type#ANY}
   */
  void answer(Name name, int type, Message response) {
    response.getHeader().setFlag(Flags.AA);
    @Nullable Name next = name;
    for (int i = 0; i <= LONGEST_CHAIN && next != null; i++) {
      next = follow(next, type, response);
    }
  }

  /** Adds what there is for one name; answers the name that its CNAME leads to, or null. */
  private @Nullable Name follow(Name name, int type, Message response) {
    if (!name.subdomain(origin)) {
      return null; // from here on another zone knows
    }
    int labels = name.labels();
    Node node = existing(origin);
    for (int depth = origin.labels() + 1; depth <= labels; depth++) {
      boolean isWhole = depth == labels;
      Node below = nodes.get(isWhole ? name : new Name(name, labels - depth));
      if (below == null) {
        Node wildcard = nodes.get(name.wild(labels - depth + 1));
        return wildcard == null
            ? deny(Rcode.NXDOMAIN, response)
            : take(wildcard, name, type, response);
      }
      boolean isAskedOfTheParent = isWhole && type == Type.DS;
      if (below.has(Type.NS) && !isAskedOfTheParent) {
        return refer(below, response);
      }
      node = below;
    }
    return take(node, name, type, response);
  }

  private Node existing(Name name) {
    Node node = nodes.get(name);
    if (node == null) {
      throw new IllegalStateException("no node at " + name);
    }
    return node;
  }

  /** For any type one is enough (RFC 8482): all of them would serve who forges senders. */
  private @Nullable Name take(Node node, Name name, int type, Message response) {
    List<Record> records = type == Type.ANY ? node.anyType() : node.records(type);
    if (!records.isEmpty()) {
      add(records, name, response);
      addAddressesOf(records, response);
      return null;
    }
    List<Record> alias = node.records(Type.CNAME);
    if (alias.isEmpty()) {
      return deny(Rcode.NOERROR, response);
    }
    if (response.findRRset(name, Type.CNAME, Section.ANSWER)) {
      return null; // in a circle
    }
    add(alias, name, response);
    return ((CNAMERecord) alias.getFirst()).getTarget();
  }

  /** A wildcard's records get the name that was asked for. */
  private static void add(List<Record> records, Name owner, Message response) {
    for (Record each : records) {
      boolean isItsOwn = each.getName().equals(owner);
      response.addRecord(isItsOwn ? each : each.withName(owner), Section.ANSWER);
    }
  }

  private @Nullable Name deny(int rcode, Message response) {
    response.getHeader().setRcode(rcode);
    response.addRecord(denial, Section.AUTHORITY);
    return null;
  }

  private @Nullable Name refer(Node cut, Message response) {
    if (response.getSection(Section.ANSWER).isEmpty()) {
      response.getHeader().unsetFlag(Flags.AA);
    }
    List<Record> servers = cut.records(Type.NS);
    for (Record server : servers) {
      response.addRecord(server, Section.AUTHORITY);
    }
    addAddressesOf(servers, response);
    return null;
  }

  /** Of mail servers, name servers and the like, as far as they are in this zone. */
  private void addAddressesOf(List<Record> records, Message response) {
    for (Record each : records) {
      @Nullable Name target = each.getAdditionalName();
      Node node = target == null ? null : nodes.get(target);
      if (target != null && node != null) {
        addOnce(target, Type.A, node, response);
        addOnce(target, Type.AAAA, node, response);
      }
    }
  }

  private static void addOnce(Name target, int type, Node node, Message response) {
    if (!response.findRRset(target, type, Section.ADDITIONAL)) {
      node.records(type).forEach(address -> response.addRecord(address, Section.ADDITIONAL));
    }
  }
}
