package io.rioreactive.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A socket that was bound, or connected. */
@Name("io.rioreactive.Bind")
@Label("Bind")
@Category("rio-reactive")
@Description("A socket was bound by a server, or connected by a client")
@StackTrace(false)
final class BindEvent extends Event {

  @Label("Name")
  String name = "";

  @Label("Connection")
  String connection = "";

  @Label("Provider")
  String provider = "";

  @Label("Receive Slots")
  int receiveSlots;

  @Label("Send Slots")
  int sendSlots;

  @Label("Datagram Size")
  @DataAmount
  int datagramSize;
}
