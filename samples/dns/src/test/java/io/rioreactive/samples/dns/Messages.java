package io.rioreactive.samples.dns;

import java.util.List;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Messages as a client writes and reads them. */
final class Messages {

  private Messages() {}

  static Message query(String name, int type) {
    return query(name, type, DClass.IN);
  }

  static Message query(String name, int type, int dclass) {
    return Message.newQuery(Record.newRecord(Name.fromConstantString(name), type, dclass));
  }

  /** The same with EDNS of version 0, for answers of up to so many bytes. */
  static Message edns(String name, int type, int size) {
    Message query = query(name, type);
    query.addRecord(new OPTRecord(size, 0, 0), Section.ADDITIONAL);
    return query;
  }

  /** Owner, type and data of each record, as {@code ns1.example.org. A 192.0.2.53}. */
  static List<String> records(Message message, int section) {
    return message.getSection(section).stream()
        .filter(each -> each.getType() != Type.OPT)
        .map(
            each -> each.getName() + " " + Type.string(each.getType()) + " " + each.rdataToString())
        .toList();
  }
}
