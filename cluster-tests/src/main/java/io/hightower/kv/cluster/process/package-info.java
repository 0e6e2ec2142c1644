/**
 * Real processes on this machine: servers, members of clusters and command-line clients, started, killed and restarted.
 *
 * <pre>
 * ServerProcess    one server, alone or a member; knows when it is ready, can be killed like by power loss of the process
 * ProcessCluster   three of them on loopback
 * CommandProcess   one run of the command line, with its output
 * Ports            free ports of loopback
 * </pre>
 *
 * <p>Processes run the class path of the calling one, so a test judges the classes that were just compiled. Threads: used by
 * one thread at a time; each process has a thread that reads its output. Only processes started here are ever ended.
 */
@NullMarked
package io.hightower.kv.cluster.process;

import org.jspecify.annotations.NullMarked;
