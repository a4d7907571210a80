"""What `canaliza` can be told to do, by subject."""
