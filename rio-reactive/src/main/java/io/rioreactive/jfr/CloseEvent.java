package io.rioreactive.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A socket that was closed, with what it had counted. */
@Name("io.rioreactive.Close")
@Label("Close")
@Category("rio-reactive")
@Description("A socket was closed")
@StackTrace(false)
final class CloseEvent extends Event {

  @Label("Name")
  String name = "";

  @Label("Connection")
  String connection = "";

  @Label("Failure")
  @Description("What closed it; none if it was told to close")
  @Nullable String failure;

  @Label("Received")
  long received;

  @Label("Delivered")
  long delivered;

  @Label("Dropped")
  long dropped;

  @Label("Sent")
  long sent;

  @Label("Not Sent")
  long failed;

  @Label("Kernel Drops")
  @Description("-1 where the kernel does not count them")
  long kernelDrops;
}
