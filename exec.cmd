@rem npm starts scripts by cmd.exe on Windows, which lacks the exec of other shells.
@%*
