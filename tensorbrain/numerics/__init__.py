"""What has no brain inside."""
