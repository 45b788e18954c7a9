import Glibc

/// How many columns the terminal has; nil where the descriptor is none.
package func terminalWidth(_ descriptor: CInt = STDOUT_FILENO) -> Int? {
    var size = winsize()
    guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
}
